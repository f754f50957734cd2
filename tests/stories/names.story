# Names are matched in a normalised form: titles, Moh./Muhammad, apostrophes, mononyms, misspellings.
phone 081290000033
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3525011406680001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Muhammad Maruf Hidayatullah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 14061968
| Anda tinggal di Kab. Gresik?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
hang up
phone 081290000034
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 7601014812950001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type NURAINI SA`DIYAH
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 08121995
| Anda tinggal di Kab. Pasangkayu?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
hang up
phone 081290000032
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3404010505500001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Suparman
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05051950
| Anda tinggal di Kab. Sleman?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
hang up
phone 081290000031
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3515012910940001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Muhammad Rizky Ramadhan
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 29101994
| Anda tinggal di Kab. Sidoarjo?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
hang up
# A code of a regency that is retired: the province is asked for.
phone 081290000036
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 9101016607850001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Yohana Wenda
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 26071985
| Provinsi? Pilih, atau ketik namanya:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 7 Bengkulu
| 8 Lampung
| 9 Lanjut 0 Kembali 00 Menu
