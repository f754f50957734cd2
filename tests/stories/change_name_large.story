# Another name altogether needs documents. In English.
phone 081290000001
dial *119#
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 8
| Pilih bahasa:
| 1 Bahasa Indonesia
| 2 English
| 0 Kembali
type 2
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
type 4
| Whose data is to change? Type the 16 digits of the NIK:
| 0 Back
type 3173014502900001
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 05021990
| What is to change for S*** A****?
| 1 Name
| 2 Phone number
| 3 Guardian of a child or elder
| 4 NIK or birth date
| 0 Back 00 Menu
type 1
| Type the full name as on the ID card:
| 0 Back
type Kartika Dewi
| The name will be Kartika Dewi. Is it as on the ID card?
| 1 Yes, change it
| 2 Type again
| 0 Back 00 Menu
type 1
| Our staff check this: have an ID card ready. Ticket: {number}. It takes 3x24 hours at most, with word by SMS.
closes
dial *119#
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
type 5
| What is it about?
| 1 No certificate
| 2 Wrong data
| 3 My NIK was used
| 4 Ill after a dose
| 5 Something else
| 6 My tickets
| 0 Back
type 6
| Which ticket?
| 1 {number}
| 0 Back 00 Menu
type 1
| Ticket {number}: RECEIVED, waiting for our staff. Answered by {date} at the latest.
| 1 Another ticket
| 2 Done
| 0 Back 00 Menu
type 2
| Thank you. Stay well. Need help? Call 119 ext 9.
closes
