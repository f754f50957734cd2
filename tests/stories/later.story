# Not yet a target in this period: a third answer beside "valid" and "does not match".
phone 081290000003
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3273011708850001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Budi Santoso
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 17081985
| Data Anda cocok, tetapi giliran kelompok Anda mulai {date}. Silakan daftar lagi saat itu.
closes
