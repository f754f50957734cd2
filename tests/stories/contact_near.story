# A phone that was near somebody: its status is black first, and then what was given; where to be tested is
# told once somebody is known whose home is known.
phone 081290000035
dial *119*6*8#
| HITAM s.d. {date}: HP ini dekat kasus positif {date}. Belum tentu tertular. Di rumah, tes. 119 ext 9
| 1 Tempat tes
| 2 Isolasi
| 3 Tanggal
| 0 Kembali 00 Menu
type 2
| Positif atau kontak erat? Di rumah saja, kamar sendiri, masker, buka jendela. Sesak napas: telepon 119.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*6*8#
| HITAM s.d. {date}: HP ini dekat kasus positif {date}. Belum tentu tertular. Di rumah, tes. 119 ext 9
| 1 Tempat tes
| 2 Isolasi
| 3 Tanggal
| 0 Kembali 00 Menu
type 3
| HP ini dekat kasus positif tanggal {date}. Dihapus setelah 14 hari. Tanya: 119 ext 9
| 1 Tempat tes
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*6*8#
| HITAM s.d. {date}: HP ini dekat kasus positif {date}. Belum tentu tertular. Di rumah, tes. 119 ext 9
| 1 Tempat tes
| 2 Isolasi
| 3 Tanggal
| 0 Kembali 00 Menu
type 1
| Tes di puskesmas terdekat, gratis bagi kontak erat. Tanya dulu: 119 ext 9. Pakai masker.
| 1 Selesai
| 0 Kembali 00 Menu
type 1
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 8171012701890001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 27011989
| HITAM s.d. {date}. Tgl {date} HP ini dekat kasus positif. Di rumah, tes. Tanya: 119 ext 9
| 1 Status vaksin
| 2 Tempat tes
| 0 Kembali 00 Menu
type 1
| C*** K****: belum terdaftar dan belum divaksin.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
type 3
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*2#
| HITAM s.d. {date}. Tgl {date} HP ini dekat kasus positif. Di rumah, tes. Tanya: 119 ext 9
| 1 Status vaksin
| 2 Tempat tes
| 0 Kembali
type 2
| Tes di RSUD Kenanga, Jl. Sehat 12. Telepon dulu: 119 ext 9. Pakai masker.
| 1 Selesai
| 0 Kembali 00 Menu
type 1
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081290000113
dial *119*6*8#
| HITAM s.d. {date} sesuai hasil tes {date}. Di rumah dulu. Sesak napas: 119. Tanya: 119 ext 9
| 1 Isolasi mandiri
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Positif atau kontak erat? Di rumah saja, kamar sendiri, masker, buka jendela. Sesak napas: telepon 119.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
