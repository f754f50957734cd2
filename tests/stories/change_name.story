# Domain 5, 5: the name is misspelt. A slip is corrected at once, and seen at once.
phone 081290000031
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
type 3515012910940001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 29101994
| Apa yang diubah untuk M*** R****?
| 1 Nama
| 2 Nomor HP
| 3 Pendamping anak/lansia
| 4 NIK atau tanggal lahir
| 0 Kembali 00 Menu
type 1
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Muhammad Rizky Ramadhan
| Nama menjadi Muhammad Rizky Ramadhan. Sama dengan KTP?
| 1 Ya, ubah
| 2 Ketik ulang
| 0 Kembali 00 Menu
type 2
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Muhammad Rizky Ramadhan
| Nama menjadi Muhammad Rizky Ramadhan. Sama dengan KTP?
| 1 Ya, ubah
| 2 Ketik ulang
| 0 Kembali 00 Menu
type 1
| Nama sudah DIUBAH dan langsung berlaku. Kabarnya kami kirim lewat SMS. Bukan Anda? Telepon 119 ext 9.
closes
# The record has just that name now.
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
type 3515012910940001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 29101994
| Apa yang diubah untuk M*** R****?
| 1 Nama
| 2 Nomor HP
| 3 Pendamping anak/lansia
| 4 NIK atau tanggal lahir
| 0 Kembali 00 Menu
type 1
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Muhammad Rizky Ramadhan
| Nama menjadi Muhammad Rizky Ramadhan. Sama dengan KTP?
| 1 Ya, ubah
| 2 Ketik ulang
| 0 Kembali 00 Menu
type 1
| Nama di data kami sudah sama dengan itu. Tidak ada yang diubah.
closes
# Nobody becomes somebody else in small steps: the second one is for staff.
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
type 3515012910940001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 29101994
| Apa yang diubah untuk M*** R****?
| 1 Nama
| 2 Nomor HP
| 3 Pendamping anak/lansia
| 4 NIK atau tanggal lahir
| 0 Kembali 00 Menu
type 1
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Muhammad Riski Ramadhan
| Nama menjadi Muhammad Riski Ramadhan. Sama dengan KTP?
| 1 Ya, ubah
| 2 Ketik ulang
| 0 Kembali 00 Menu
type 1
| Perubahan ini diperiksa petugas: siapkan KTP atau KK. Tiket: {number}. Paling lama 3x24 jam, dikabari lewat SMS.
closes
