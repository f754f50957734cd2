# Domain 8: many strangers on one NIK, and on one that does not exist.
phone 081255550010
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550011
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550012
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550013
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550014
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550015
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550016
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550017
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550018
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081255550019
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
# The eleventh may be wrong once, and gets the same answer for the one and for the other.
phone 081255550099
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Terlalu banyak data yang tidak cocok. Silakan coba lagi setelah 24 jam. Perlu sekarang? Telepon 119 ext 9.
closes
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502909999
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Terlalu banyak data yang tidak cocok. Silakan coba lagi setelah 24 jam. Perlu sekarang? Telepon 119 ext 9.
closes
# A phone that the record does not know, with the right data, gets through at once.
phone 081255550098
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
# The number that the record knows is not locked out by what strangers did.
phone 081290000001
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| S*** A****: belum terdaftar dan belum divaksin.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
