# Domain 5, 2: somebody else was vaccinated with the NIK. Whether the data match is not told.
phone 081290000055
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
type 3
| NIK siapa yang dipakai? Ketik 16 angka:
| 0 Kembali
type 3173014502900001
| Tanggal lahir pemilik NIK? Contoh: 17081990
| 0 Kembali
type 01011991
| Ceritakan singkat: apa, kapan, di mana.
| 0 Kembali
type NIK ibu saya sudah dipakai orang lain di Bekasi
| Pengaduan diterima. Nomor tiket: {number}. Jawaban kami kabari lewat SMS. Cek: *119#, Pengaduan, Tiket saya.
closes
