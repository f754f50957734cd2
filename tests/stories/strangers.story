# Domain 5.13: who knows NIK and birth date of somebody with another phone sees nothing, and cannot
# tell that apart from a wrong birth date or a NIK that does not exist.
phone 081255550003
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 1271010312700001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 03121970
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 1271010312700001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 04121970
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 1271010312709999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 03121970
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
