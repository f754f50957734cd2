# Begun by text and finished by call. The network proves whose phone it is: no code is asked for.
phone 081290000001
text DAFTAR
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
text 1
| PeduliLindungi: kode {code} utk daftar vaksin. Balas dengan kode ini untuk lanjut. JANGAN beri ke siapa pun. Bukan Anda? Abaikan.
dial *119#
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
hang up
dial *119#
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
type 1
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 1
| Apakah Anda sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 1
| Pendaftaran BERHASIL. Nomor Anda: {number}. Catat dan tunjukkan saat vaksin. Cek lagi: *119# pilih 2.
closes
text STATUS#3173014502900001#05021990
| S*** A****: sudah TERDAFTAR, belum divaksin. Nomor pendaftaran: {number}
| 1 Orang lain
| 2 Selesai
| 0 Kembali 00 Menu
