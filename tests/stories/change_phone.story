# Codes to the old number and to the new: wrong ones lock, a second one waits, and nothing changes.
phone 081290000001
dial *119#
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 4
| Data siapa yang diubah? Ketik 16 angka NIK:
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Apa yang diubah untuk S*** A****?
| 1 Nama
| 2 Nomor HP
| 3 Pendamping anak/lansia
| 4 NIK atau tanggal lahir
| 0 Kembali 00 Menu
type 2
| Ketik nomor HP yang BARU. Contoh: 081234567890
| 0 Kembali
type 081290000077
| Nomor baru: 081290000077. Nomor lama masih bisa menerima SMS?
| 1 Ya, kirim kode
| 2 Tidak, hilang
| 3 Ketik ulang nomor
| 0 Kembali 00 Menu
type 1
| Bila datanya cocok, kode 6 angka dikirim lewat SMS ke nomor LAMA. Ketik kodenya:
| 0 Kembali
type 12
| Kode terdiri dari 6 angka.
| Bila datanya cocok, kode 6 angka dikirim lewat SMS ke nomor LAMA. Ketik kodenya:
| 0 Kembali
type 000000
| Kode salah atau sudah tidak berlaku.
| 1 Ketik lagi
| 2 Kirim kode baru
| 3 Nomor lama hilang
| 4 Selesai
| 0 Kembali 00 Menu
type 2
| Kode baru bisa diminta 1 menit lagi. Sudah menerima kode?
| 1 Ya, ketik kode
| 2 Nomor lama hilang
| 3 Selesai
| 0 Kembali 00 Menu
type 1
| Bila datanya cocok, kode 6 angka dikirim lewat SMS ke nomor LAMA. Ketik kodenya:
| 0 Kembali
type 000000
| Kode salah atau sudah tidak berlaku.
| 1 Ketik lagi
| 2 Kirim kode baru
| 3 Nomor lama hilang
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Bila datanya cocok, kode 6 angka dikirim lewat SMS ke nomor LAMA. Ketik kodenya:
| 0 Kembali
type 000000
| Terlalu banyak kode salah. Coba lagi 15 menit lagi. Perlu sekarang? Telepon 119 ext 9.
closes
# Locked.
dial *119#
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 4
| Data siapa yang diubah? Ketik 16 angka NIK:
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Apa yang diubah untuk S*** A****?
| 1 Nama
| 2 Nomor HP
| 3 Pendamping anak/lansia
| 4 NIK atau tanggal lahir
| 0 Kembali 00 Menu
type 2
| Ketik nomor HP yang BARU. Contoh: 081234567890
| 0 Kembali
type 081290000077
| Nomor baru: 081290000077. Nomor lama masih bisa menerima SMS?
| 1 Ya, kirim kode
| 2 Tidak, hilang
| 3 Ketik ulang nomor
| 0 Kembali 00 Menu
type 1
| Terlalu banyak kode salah. Coba lagi 15 menit lagi. Perlu sekarang? Telepon 119 ext 9.
closes
