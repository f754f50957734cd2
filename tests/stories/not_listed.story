# Domain 5.3: got the SMS, then "NIK tidak terdaftar". Details are taken to be checked, and the
# state can be read under the number given.
phone 081255550001
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173015505920007
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Ratna Sari
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 15051992
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 2
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 1
| Apakah Anda sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 1
| Data DITERIMA untuk diperiksa petugas. Nomor Anda: {number}. Catat. Hasilnya kami kabari, paling lama 3x24 jam.
closes
dial *119*2#
| R*** S**** ({number}): menunggu validasi. Datanya masih diperiksa. Silakan cek lagi besok.
| 1 Orang lain
| 2 Selesai
| 0 Kembali
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
# Asking again keeps the number.
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173015505920007
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Ratna Sari
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 15051992
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 2
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 1
| Apakah Anda sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 1
| Data DITERIMA untuk diperiksa petugas. Nomor Anda: {number}. Catat. Hasilnya kami kabari, paling lama 3x24 jam.
closes
