# The second dose, in English: no earlier than the vaccine allows.
phone 081290000024
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
type 9
| Appointment. Type the 16 digits of the NIK (see the ID card):
| 0 Back
type 6471016204930001
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 22041993
| N*** H****: dose 2 from {date}. Look for a place in Kota Balikpapan?
| 1 Yes
| 2 Somewhere else
| 0 Back 00 Menu
type 1
| District? Choose, or type its name:
| 1 Kec. Kenanga
| 2 Kec. Melati
| 0 Back 00 Menu
type 1
| Places in Kec. Kenanga:
| 1 RSUD Kenanga
| 0 Back 00 Menu
type 1
| RSUD Kenanga, Jl. Sehat 12. Day:
| 1 {date}
| 2 {date}
| 3 {date}
| 4 {date}
| 5 {date}
| 6 {date}
| 7 {date}
| 0 Back 00 Menu
type 1
| {date}. Times with room:
| 1 08:00-10:00
| 2 10:00-12:00
| 0 Back 00 Menu
type 2
| N*** H****, dose 2: RSUD Kenanga, {date} 10:00-12:00. Kept for 5 min. Book it?
| 1 Yes, book it
| 2 No
| 0 Back 00 Menu
type 1
| BOOKED. Ticket {number}: RSUD Kenanga, {date} 10:00-12:00. Bring ID, show the ticket number. Change: *119#, then 9.
closes
dial *119*9#
| Dose 2, ticket {number}: RSUD Kenanga, {date} 10:00-12:00.
| 1 Another time
| 2 Another place
| 3 Cancel it
| 4 Done
| 0 Back
type 3
| Cancel ticket {number}, {date} 10:00-12:00? Its seat is somebody else's at once.
| 1 Yes, cancel
| 2 No
| 0 Back 00 Menu
type 1
| CANCELLED. Ticket {number} is no longer good. A new one: *119#, then 9.
closes
