# A phone with one known person may complain about another, and one with several picks.
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
type 7
| Belum ada orang di nomor ini.
| 1 Tambah orang
| 2 Daftar vaksin
| 3 Chat yang terhubung
| 4 Data saya
| 5 Persetujuan HP ini
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578011203800001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 12031980
| A*** S****: belum terdaftar dan belum divaksin.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
dial *119#
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
type 1
| A*** S****: belum terdaftar dan belum divaksin.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
type 00
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
type 1
| Tentang A*** S****?
| 1 Ya
| 2 Orang lain
| 0 Kembali 00 Menu
type 2
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578015006820001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 10061982
| Belum ada vaksin yang tercatat. Sudah divaksin? Datangi tempat vaksin, bawa KTP dan kartu vaksin.
| 1 Selesai
| 0 Kembali 00 Menu
type 1
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
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
type 4
| Seberapa berat keluhannya?
| 1 Sesak, pingsan, kejang, wajah bengkak
| 2 Demam tinggi, bengkak besar
| 3 Ringan: nyeri, lelah
| 0 Kembali 00 Menu
type 3
| Kapan mulai terasa setelah vaksin?
| 1 Dalam 30 menit
| 2 Dalam 1 hari
| 3 Dalam 7 hari
| 4 Lebih dari 7 hari
| 0 Kembali 00 Menu
type 2
| Yang sakit orang di nomor HP ini?
| 1 Ya
| 2 Orang lain
| 0 Kembali 00 Menu
type 1
| Siapa yang sakit?
| 1 A*** S****
| 2 S*** W****
| 0 Kembali 00 Menu
type 1
| Ceritakan singkat: apa, kapan, di mana.
| 0 Kembali
type Demam dan pegal dua hari
| Pengaduan diterima. Nomor tiket: {number}. Jawaban kami kabari lewat SMS. Cek: *119#, Pengaduan, Tiket saya.
closes
