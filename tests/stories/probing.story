# Domain 8: one serial after the other is no slip. Four of a stem may be twins; after the fifth the phone
# is refused.
phone 081255550001
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3273011708850003
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 17081985
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3273011708850004
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 17081985
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3273011708850005
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 17081985
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3273011708850006
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 17081985
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3273011708850007
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 17081985
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3273011708850001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 17081985
| Terlalu banyak data yang tidak cocok. Silakan coba lagi setelah 24 jam. Perlu sekarang? Telepon 119 ext 9.
closes
# Another phone is asked nothing of it.
phone 081290000003
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3273011708850001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 17081985
| B*** S****: belum terdaftar dan belum divaksin.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
