# What is known of somebody is shown while the record is away, with its age. TIME stands for a day and a
# time.
# record: well
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
type 3
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
# record: away
phone 081290000024
dial *119*2#
| Data per TIME.
| N*** H****
| Dosis 1: {date} Pfizer, RSUD Sehat Sentosa
| Dosis 2 mulai {date}
| 1 Sertifikat
| 2 Orang lain
| 3 Selesai
| 0 Kembali
type 3
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
