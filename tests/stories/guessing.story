# Domain 8: a phone that guesses is refused when it was wrong twelve times.
phone 081255550001
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Ani Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Ayu Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Budi Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Citra Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Dian Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Eka Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Fajar Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Gita Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Hadi Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Indah Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Kartika Wijaya
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
# The thirteenth is right, and is not looked at any more; nor is anybody else, by this phone.
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Terlalu banyak data yang tidak cocok. Silakan coba lagi setelah 24 jam. Perlu sekarang? Telepon 119 ext 9.
closes
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578011203800001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 12031980
| Terlalu banyak data yang tidak cocok. Silakan coba lagi setelah 24 jam. Perlu sekarang? Telepon 119 ext 9.
closes
# It has locked itself, and nobody else.
phone 081255550002
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
