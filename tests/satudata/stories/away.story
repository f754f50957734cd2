# The record is away: a registration is taken, waits for validation, and the result follows by SMS.
# record: away
phone 081290000001
dial *119*1#
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
type Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data nasional belum bisa dicek sekarang. Lanjutkan saja: data Anda diperiksa nanti, kabarnya lewat SMS.
| 1 Lanjutkan
| 2 Nanti saja
| 0 Kembali 00 Menu
type 1
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
| Pendaftaran DITERIMA, menunggu validasi. Nomor Anda: {number}. Catat. Hasilnya kami kabari lewat SMS atau chat ini.
closes
# It is shown as what it is.
phone 081290000001
dial *119*2#
| S*** A**** ({number}): menunggu validasi. Datanya masih diperiksa. Silakan cek lagi besok.
| 1 Orang lain
| 2 Selesai
| 0 Kembali
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
# record: well
# reads: SAH
phone 081290000001
dial *119*2#
| S*** A****: sudah TERDAFTAR, belum divaksin. Nomor pendaftaran: {number}
| 1 Orang lain
| 2 Selesai
| 0 Kembali
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
