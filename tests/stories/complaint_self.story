# Wrong data that people can change themselves leads there.
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
type 5
| Pengaduan tentang apa?
| 1 Sertifikat belum ada
| 2 Data salah
| 3 NIK dipakai orang lain
| 4 Sakit setelah vaksin
| 5 Lainnya
| 6 Tiket saya
| 0 Kembali
type 2
| Apa yang salah?
| 1 Nama, nomor HP, NIK, tgl lahir
| 2 Data vaksin
| 0 Kembali 00 Menu
type 1
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
hang up
