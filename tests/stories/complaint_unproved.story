# A stranger to the record may complain all the same: staff see that nothing was proved.
phone 081290000056
dial *119#
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Orang di nomor ini
| 4 Bahasa / Language
| 5 Ubah info diri
| 6 Pengaduan
| 7 Info vaksin
| 8 Sertifikat
type 6
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
