# Consent is taken back where somebody else keeps the record: what rested on it here ends at once, and staff
# see to the rest there, by a ticket whose number is told.
# record: well
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
dial *119*7*5#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data S*** A****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 3
| Nomor HP ini SETUJU pada {date}, pada teks versi 2021-2.
| 1 Cabut persetujuan
| 2 Baca teksnya
| 3 Data saya
| 0 Kembali 00 Menu
type 1
| Berakhir: pendaftaran, jadwal & daftar tunggu dari HP ini, pengingat, info massal. Dosis tetap tercatat. Cabut?
| 1 Ya, cabut
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Persetujuan sudah DICABUT di sini. Petugas mencabutnya di data nasional, paling lama 3x24 jam. Tiket: {number2}.
closes
dial *119*7*5#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data S*** A****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 3
| Persetujuan nomor HP ini sudah DICABUT pada {date}.
| 1 Data saya
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
