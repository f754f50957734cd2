# A certificate by SMS, to the phone that may see it; and so often a day.
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
dial *119*3*1*1*1#
| Sertifikat dikirim ke nomor ini. Simpan pesan itu dan tunjukkan bila diminta. Siapa pun bisa memeriksanya.
closes
dial *119*3*1*2*1#
| Sertifikat dikirim ke nomor ini. Simpan pesan itu dan tunjukkan bila diminta. Siapa pun bisa memeriksanya.
closes
dial *119*3*1*2*1#
| Sertifikat dikirim ke nomor ini. Simpan pesan itu dan tunjukkan bila diminta. Siapa pun bisa memeriksanya.
closes
dial *119*3*1*2*1#
| Sertifikat dikirim ke nomor ini. Simpan pesan itu dan tunjukkan bila diminta. Siapa pun bisa memeriksanya.
closes
dial *119*3*1*2*1#
| Sertifikat dikirim ke nomor ini. Simpan pesan itu dan tunjukkan bila diminta. Siapa pun bisa memeriksanya.
closes
dial *119*3*1*2*1#
| Sertifikat ini sudah beberapa kali dikirim hari ini. Cari di pesan masuk Anda, atau minta lagi besok.
closes
dial *119*3*1*1*1#
| Sertifikat dikirim ke nomor ini. Simpan pesan itu dan tunjukkan bila diminta. Siapa pun bisa memeriksanya.
closes
