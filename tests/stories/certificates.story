# Domain 3: two different "no certificate" answers. A dose without its date: the facility.
phone 081290000020
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3374012304750001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 23041975
| B*** S****: tempat vaksin belum mengisi data dengan lengkap. Datangi tempat vaksin, bawa KTP dan kartu vaksin.
| 1 Orang lain
| 2 Selesai
| 0 Kembali 00 Menu
hang up
# A dose with its date, but no certificate: the ministry.
phone 081290000021
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3471015809880001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 18091988
| R*** K****
| Dosis 1: {date} AstraZeneca, RSUD Sehat Sentosa
| Dosis 2 mulai {date}
| 1 Sertifikat
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
type 1
| Vaksin sudah tercatat, tapi sertifikat belum terbit. Ini urusan Kemenkes, bukan tempat vaksin: telepon 119 ext 9.
closes
# Two doses, certified.
phone 081290000022
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 1271010312700001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 03121970
| P*** S**** LENGKAP 2 dosis
| 1: {date} Sinovac, RSUD Sehat Sentosa
| 2: {date} Sinovac, RSUD Sehat Sentosa
| 9 Lanjut 0 Kembali 00 Menu
type 9
| Penguat mulai {date}
| 1 Sertifikat
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
type 1
| Sertifikat dosis yang mana?
| 1 {date} Sinovac
| 2 {date} Sinovac
| 0 Kembali 00 Menu
type 2
| Sertifikat dosis 2/2, {date}
| No ID-2021000003
| Kode cek: 6088 2314 5077 4
| 1 Kirim sertifikat
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Sertifikat dikirim ke nomor ini. Simpan pesan itu dan tunjukkan bila diminta. Siapa pun bisa memeriksanya.
closes
# With a booster; one dose that is a whole course; a dose due; a dose missing.
phone 081290000023
dial *119*2*3204012002650001*20021965#
| Demi keamanan, jangan ketik NIK saat menelepon: nomor itu tersimpan di HP. Dial *119# saja, lalu ketik NIK saat diminta.
closes
phone 081290000023
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3204012002650001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 20021965
| A*** H**** LENGKAP dengan penguat
| 1: {date} Sinovac, RSUD Sehat Sentosa
| 2: {date} Sinovac, RSUD Sehat Sentosa
| 9 Lanjut 0 Kembali 00 Menu
type 9
| 3: {date} Moderna, RSUD Sehat Sentosa
| 1 Sertifikat
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
hang up
phone 081290000026
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 5171013008910001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 30081991
| I*** W**** LENGKAP: {date} Janssen, RSUD Sehat Sentosa
| Penguat mulai {date}
| 1 Sertifikat
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
hang up
phone 081290000024
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 6471016204930001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 22041993
| N*** H****
| Dosis 1: {date} Pfizer, RSUD Sehat Sentosa
| Dosis 2 mulai {date}
| 1 Sertifikat
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
hang up
phone 081290000025
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 7371011507870001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 15071987
| A*** B****: tempat vaksin belum mengisi data dengan lengkap. Datangi tempat vaksin, bawa KTP dan kartu vaksin.
| 1 Orang lain
| 2 Selesai
| 0 Kembali 00 Menu
