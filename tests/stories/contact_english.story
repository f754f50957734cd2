# The same question in English, and what a phone reads that was near.
phone 081290000111
dial *119*8*2#
| PeduliLindungi
| 1 Register
| 2 Vaccine status
| 3 Certificate
| 4 Change my data
| 5 Complaints
| 6 About vaccines
| 7 People on this number
| 8 Language/Bahasa
| 9 Appointment
type 6
| Info
| 1 What is it for?
| 2 Who may have it?
| 3 What to bring?
| 4 After the dose
| 5 If I feel ill
| 6 Staying at home
| 7 Whom to call?
| 8 Close contact
| 0 Back
type 8
| Test of {date} on this number: may phones that were near be told the DAY only?
| 1 Yes
| 2 No
| 3 Read all
| 0 Back 00 Menu
type 1
| Thank you, your YES is noted. Those who were near read the day only. Take it back? Dial *119#, then 6, 8, while nothing was sent.
closes
dial *119*6*8#
| Test of {date}: you said YES. Nothing has been sent yet.
| 1 Take it back
| 2 Status colour
| 3 Done
| 0 Back 00 Menu
type 2
| BLACK until {date}, by the test of {date}. Stay home for now. Breathless: 119. Ask: 119 ext 9
| 1 Staying at home
| 2 Done
| 0 Back 00 Menu
type 2
| Thank you. Stay well. Need help? Call 119 ext 9.
closes
phone 081290000035
dial *119*8*2#
| PeduliLindungi
| 1 Register
| 2 Vaccine status
| 3 Certificate
| 4 Change my data
| 5 Complaints
| 6 About vaccines
| 7 People on this number
| 8 Language/Bahasa
| 9 Appointment
type 6
| Info
| 1 What is it for?
| 2 Who may have it?
| 3 What to bring?
| 4 After the dose
| 5 If I feel ill
| 6 Staying at home
| 7 Whom to call?
| 8 Close contact
| 0 Back
type 8
| BLACK until {date}: near a case {date}. You may well be fine. Stay home, test. Ask: 119 ext 9
| 1 Where to test
| 2 Staying home
| 3 All days
| 0 Back 00 Menu
type 1
| Be tested at the nearest puskesmas, free for close contacts. Call first: 119 ext 9. Wear a mask.
| 1 Done
| 0 Back 00 Menu
type 1
| Thank you. Stay well. Need help? Call 119 ext 9.
closes
phone 081255550091
dial *119*6*8#
| Tidak ada pesan kontak untuk nomor ini. Warna: hijau penguat, kuning 2 dosis, merah kurang, hitam positif atau kontak.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
