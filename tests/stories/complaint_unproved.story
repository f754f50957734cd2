# A stranger to the record may complain all the same: staff see that nothing was proved.
phone 081290000056
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
type 2
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Tulis pengaduan saja
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| Ceritakan singkat: apa, kapan, di mana.
| 0 Kembali
type Dosis kedua saya tercatat dua kali
| Pengaduan diterima. Nomor tiket: {number}. Jawaban kami kabari lewat SMS. Cek: *119#, Pengaduan, Tiket saya.
closes
