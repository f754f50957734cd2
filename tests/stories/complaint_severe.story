# Whoever is really ill and reports nothing has seen what to do, and keeps it on the display.
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
type 2
| Telepon 119 sekarang atau ke rumah sakit terdekat.
closes
