# A guardian is for a child or an elderly person, and has to agree by a code.
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
type 3
| Nomor HP pendamping? Ia bisa melihat dan mengurus data S*** A****. Contoh: 081234567890
| 0 Kembali
type 081290000078
| Pendamping hanya untuk anak di bawah 18 tahun dan lansia 60 tahun ke atas.
| 1 Ubah yang lain
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
# A child's registered number is no guardian; another one is asked.
phone 081290000010
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
type 3578010911120001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 09112012
| Apa yang diubah untuk B*** S****?
| 1 Nama
| 2 Nomor HP
| 3 Pendamping anak/lansia
| 4 NIK atau tanggal lahir
| 0 Kembali 00 Menu
type 3
| Nomor HP pendamping? Ia bisa melihat dan mengurus data B*** S****. Contoh: 081234567890
| 0 Kembali
type 081290000010
| Itu nomor yang sudah terdaftar untuk orang ini.
| 1 Ketik nomor lain
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Nomor HP pendamping? Ia bisa melihat dan mengurus data B*** S****. Contoh: 081234567890
| 0 Kembali
type 081290000079
| Kode 6 angka dikirim ke HP pendamping. Bila ia setuju, minta kodenya dan ketik:
| 0 Kembali
type 000000
| Kode salah atau sudah tidak berlaku.
| 1 Ketik lagi
| 2 Kirim kode baru
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| Kode baru bisa diminta 1 menit lagi. Pendamping sudah menerima kode?
| 1 Ya, ketik kode
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
