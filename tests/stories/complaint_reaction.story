# A severe reaction: help comes first, the report after it. Words that say nothing are not taken.
phone 081290000024
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
type 1
| TELEPON 119 SEKARANG atau ke rumah sakit terdekat. Jangan menunggu jawaban kami.
| 1 Lapor juga
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Kapan mulai terasa setelah vaksin?
| 1 Dalam 30 menit
| 2 Dalam 1 hari
| 3 Dalam 7 hari
| 4 Lebih dari 7 hari
| 0 Kembali 00 Menu
type 1
| Ceritakan singkat: apa, kapan, di mana.
| 0 Kembali
type aduh
| Tulis sedikit lebih lengkap.
| Ceritakan singkat: apa, kapan, di mana.
| 0 Kembali
type Sesak napas sejak tadi pagi setelah vaksin di puskesmas
| Pengaduan diterima. Nomor tiket: {number}. Jawaban kami kabari lewat SMS. Cek: *119#, Pengaduan, Tiket saya.
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
type 6
| Tiket yang mana?
| 1 {number}
| 0 Kembali 00 Menu
type 1
| Tiket {number}: DITERIMA, menunggu petugas. Dijawab paling lambat {date}.
| 1 Tiket lain
| 2 Selesai
| 0 Kembali 00 Menu
