# In English: no ticket yet, then a complaint about something else.
phone 081290000057
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
| This number has no ticket yet.
| 1 Make a complaint
| 2 Done
| 0 Back 00 Menu
type 1
| What is it about?
| 1 No certificate
| 2 Wrong data
| 3 My NIK was used
| 4 Ill after a dose
| 5 Something else
| 6 My tickets
| 0 Back 00 Menu
type 5
| Tell us briefly: what, when, where.
| 0 Back
type The queue was closed at noon in my village
| We have it. Ticket: {number}. You get word by SMS when it is answered. See it: *119#, Complaints, My tickets.
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
| Ticket {number}: RECEIVED, waiting for our staff.
| 1 Another ticket
| 2 Done
| 0 Back 00 Menu
type 2
| Thank you. Stay well. Need help? Call 119 ext 9.
closes
