# A blocked record answers like one that does not exist.
phone 081290000004
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3171010101600001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Prasetyo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 01011960
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
hang up
dial *119*2#
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
type 2
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3171010101600001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 01011960
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
