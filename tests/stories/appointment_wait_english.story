# An offer that is declined: the seat goes to the next in line, and whoever keeps waiting is at its end. A
# seat that was just taken can be waited for, too: that day only, or any.
phone 081290000022
dial *119*8#
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
dial *119*9#
| Appointment. Type the 16 digits of the NIK (see the ID card):
| 0 Back
type 1271010312700001
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 03121970
| P*** S****: dose 3 from {date}. Look for a place in Kota Medan?
| 1 Yes
| 2 Somewhere else
| 0 Back 00 Menu
type 2
| In which province? Choose, or type its name:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 7 Bengkulu
| 9 More 0 Back 00 Menu
type maluku
| Regency or city? Choose, or type its name:
| 1 Kab. Maluku Tengah
| 2 Kab. Maluku Tenggara
| 3 Kab. Kep. Tanimbar
| 4 Kab. Buru
| 9 More 0 Back 00 Menu
type kota ambon
| District? Choose, or type its name:
| 1 Kec. Kenanga
| 2 Kec. Melati
| 0 Back 00 Menu
type 2
| Places in Kec. Melati:
| 1 Pos Vaksin Mawar
| 2 Puskesmas Melati
| 0 Back 00 Menu
type 1
| Pos Vaksin Mawar, Jl. Sehat 6. Day:
| 1 {date}
| 0 Back 00 Menu
type 1
| {date}. Times with room:
| 1 09:00-10:00
| 0 Back 00 Menu
phone 081290000021
dial *119*8#
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
dial *119*9#
| Appointment. Type the 16 digits of the NIK (see the ID card):
| 0 Back
type 3471015809880001
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 18091988
| R*** K****: dose 2 from {date}. Look for a place in Kota Yogyakarta?
| 1 Yes
| 2 Somewhere else
| 0 Back 00 Menu
type 2
| In which province? Choose, or type its name:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 7 Bengkulu
| 9 More 0 Back 00 Menu
type maluku
| Regency or city? Choose, or type its name:
| 1 Kab. Maluku Tengah
| 2 Kab. Maluku Tenggara
| 3 Kab. Kep. Tanimbar
| 4 Kab. Buru
| 9 More 0 Back 00 Menu
type kota ambon
| Places in Kec. Melati:
| 1 Pos Vaksin Mawar
| 2 Puskesmas Melati
| 0 Back 00 Menu
type 1
| Pos Vaksin Mawar, Jl. Sehat 6. Day:
| 1 {date}
| 0 Back 00 Menu
type 1
| {date}. Times with room:
| 1 09:00-10:00
| 0 Back 00 Menu
type 1
| R*** K****, dose 2: Pos Vaksin Mawar, {date} 09:00-10:00. Kept for 5 min. Book it?
| 1 Yes, book it
| 2 No
| 0 Back 00 Menu
phone 081290000022
type 1
| NOT booked: that time has just become full.
| 1 Another time
| 2 Another place
| 3 Done
| 4 Waiting list
| 0 Back 00 Menu
type 4
| Pos Vaksin Mawar: wait for which day?
| 1 Only {date}
| 2 Any day
| 0 Back 00 Menu
type 1
| On the waiting list of Pos Vaksin Mawar, number 1. You are told when a seat comes free. See: *119#, then 9.
closes
phone 081290000021
type 2
| Nothing NEW was booked; what was booked before stands. See it or book: *119#, then 9.
closes
restart
phone 081290000022
dial *119*9#
| A SEAT for dose 3: Pos Vaksin Mawar, {date} 09:00-10:00. Kept until {moment}. Take it?
| 1 Yes
| 2 No
| 0 Back
type 2
| That seat goes to the next in line. Stay on the list, at its end?
| 1 Yes, keep waiting
| 2 Leave the list
| 0 Back 00 Menu
type 1
| You stay on the waiting list, at its end. See: *119#, then 9.
closes
dial *119*9#
| Waiting list of Pos Vaksin Mawar: number 1. No seat is free yet; you are told when one is.
| 1 Find another place
| 2 Leave the list
| 3 Done
| 0 Back
type 2
| You are off the waiting list. For an appointment: *119#, then 9.
closes
