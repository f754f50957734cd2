# What people ask before they come, and after.
phone 081290000059
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
type 6
| Info
| 1 Apa gunanya?
| 2 Siapa yang boleh?
| 3 Bawa apa?
| 4 Setelah vaksin
| 5 Bila ada keluhan
| 6 Isolasi mandiri
| 7 Telepon siapa?
| 8 Kontak erat
| 0 Kembali
type 1
| Vaksin melatih tubuh melawan virus. Masih bisa tertular, tapi jauh lebih jarang sakit berat. Gratis.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Info
| 1 Apa gunanya?
| 2 Siapa yang boleh?
| 3 Bawa apa?
| 4 Setelah vaksin
| 5 Bila ada keluhan
| 6 Isolasi mandiri
| 7 Telepon siapa?
| 8 Kontak erat
| 0 Kembali 00 Menu
type 2
| Umur 6 tahun ke atas, juga lansia. Hamil, demam, atau alergi berat? Bilang petugas: boleh ditunda.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Info
| 1 Apa gunanya?
| 2 Siapa yang boleh?
| 3 Bawa apa?
| 4 Setelah vaksin
| 5 Bila ada keluhan
| 6 Isolasi mandiri
| 7 Telepon siapa?
| 8 Kontak erat
| 0 Kembali 00 Menu
type 3
| KTP atau KK, nomor pendaftaran, HP bila ada, daftar obat Anda. Makan dulu, lengan baju longgar.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Info
| 1 Apa gunanya?
| 2 Siapa yang boleh?
| 3 Bawa apa?
| 4 Setelah vaksin
| 5 Bila ada keluhan
| 6 Isolasi mandiri
| 7 Telepon siapa?
| 8 Kontak erat
| 0 Kembali 00 Menu
type 4
| Tunggu 30 menit di tempat. Nyeri lengan, lelah, demam ringan itu biasa: hilang dalam 1-3 hari.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Info
| 1 Apa gunanya?
| 2 Siapa yang boleh?
| 3 Bawa apa?
| 4 Setelah vaksin
| 5 Bila ada keluhan
| 6 Isolasi mandiri
| 7 Telepon siapa?
| 8 Kontak erat
| 0 Kembali 00 Menu
type 5
| Sesak, pingsan, wajah bengkak: telepon 119 SEKARANG. Demam lebih 2 hari: ke puskesmas.
| 1 Lapor
| 2 Info lain
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| Info
| 1 Apa gunanya?
| 2 Siapa yang boleh?
| 3 Bawa apa?
| 4 Setelah vaksin
| 5 Bila ada keluhan
| 6 Isolasi mandiri
| 7 Telepon siapa?
| 8 Kontak erat
| 0 Kembali 00 Menu
type 6
| Positif atau kontak erat? Di rumah saja, kamar sendiri, masker, buka jendela. Sesak napas: telepon 119.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Info
| 1 Apa gunanya?
| 2 Siapa yang boleh?
| 3 Bawa apa?
| 4 Setelah vaksin
| 5 Bila ada keluhan
| 6 Isolasi mandiri
| 7 Telepon siapa?
| 8 Kontak erat
| 0 Kembali 00 Menu
type 7
| Darurat: 119. Tanya vaksin dan data: 119 ext 9 atau puskesmas. Petugas tidak minta kode SMS atau uang.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
