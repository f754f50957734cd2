# The certificate of each dose. Who is not known on this phone yet finds it behind the status.
phone 081290000022
dial *119*3*1#
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
type 1
| Sertifikat dosis 1/2, {date}
| No ID-2021000002
| Kode cek: 2710 0491 8350 7
| 1 Kirim sertifikat
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*3#
| Sertifikat vaksin
| 1 Sertifikat saya
| 2 Periksa sertifikat
| 0 Kembali
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
type 0
| Sertifikat dosis yang mana?
| 1 {date} Sinovac
| 2 {date} Sinovac
| 0 Kembali 00 Menu
type 1
| Sertifikat dosis 1/2, {date}
| No ID-2021000002
| Kode cek: 2710 0491 8350 7
| 1 Kirim sertifikat
| 2 Selesai
| 0 Kembali 00 Menu
hang up
# A booster is called one; the first is revoked, the second was asked for long ago and is good again.
phone 081290000023
dial *119*3*1#
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
type 1
| Sertifikat dosis yang mana?
| 1 {date} Sinovac
| 2 {date} Sinovac
| 3 {date} Moderna
| 0 Kembali 00 Menu
type 1
| Sertifikat ini sudah dicabut oleh Kemenkes. Menurut Anda keliru? Telepon 119 ext 9.
closes
dial *119*3*1*2#
| Sertifikat dosis 2/2, {date}
| No ID-2021000005
| Kode cek: 9146 6027 5303 1
| 1 Kirim sertifikat
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*3*1*3#
| Sertifikat dosis 3 (booster), {date}
| No ID-2021000006
| Kode cek: 1277 3940 4862 8
| 1 Kirim sertifikat
| 2 Selesai
| 0 Kembali 00 Menu
hang up
# One dose that is a whole course, and one of two.
phone 081290000026
dial *119*3*1#
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
type 1
| Sertifikat dosis 1/1, {date}
| No ID-2021000009
| Kode cek: 7502 8633 1904 8
| 1 Kirim sertifikat
| 2 Selesai
| 0 Kembali 00 Menu
hang up
phone 081290000024
dial *119*3*1#
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
type 1
| Sertifikat dosis 1/2, {date}
| No ID-2021000007
| Kode cek: 4839 0561 7229 9
| 1 Kirim sertifikat
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Sertifikat dikirim ke nomor ini. Simpan pesan itu dan tunjukkan bila diminta. Siapa pun bisa memeriksanya.
closes
# The two ways of not having one: the ministry, and no dose at all.
phone 081290000021
dial *119*3*1#
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
phone 081290000001
dial *119*3*1#
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
hang up
