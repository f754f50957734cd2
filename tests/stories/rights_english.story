# My data, in English: what is kept, who looked, no consent by this phone, a deletion that is asked for
# once.
phone 081290000023
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
type 7
| Nobody is on this number yet.
| 1 Add somebody
| 2 Register
| 3 Connected chats
| 4 My data
| 5 Consent of this phone
| 0 Back
type 4
| Whose data do you want to see? Type the 16 digits of the NIK:
| 0 Back
type 3204012002650001
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 20021965
| Data of A*** H****:
| 1 What is kept
| 2 Who looked at it
| 3 Consent
| 4 Correct it
| 5 Ask for a copy
| 6 Delete it
| 0 Back 00 Menu
type 1
| Kept: NIK, name, birth date, phone; doses: 3; registration -; appointments: 0; seen on 1 phone(s).
| 1 My data
| 2 Done
| 0 Back 00 Menu
type 1
| Data of A*** H****:
| 1 What is kept
| 2 Who looked at it
| 3 Consent
| 4 Correct it
| 5 Ask for a copy
| 6 Delete it
| 0 Back 00 Menu
type 2
| Seen since {date}:
| you 2x, {date}
| other phones 0x, -
| our staff 0x, -
| checkers 0x, -
| 1 Something is odd
| 2 Done
| 0 Back 00 Menu
type 0
| Data of A*** H****:
| 1 What is kept
| 2 Who looked at it
| 3 Consent
| 4 Correct it
| 5 Ask for a copy
| 6 Delete it
| 0 Back 00 Menu
type 3
| This phone has not agreed to anything.
| 1 My data
| 2 Done
| 0 Back 00 Menu
type 1
| Data of A*** H****:
| 1 What is kept
| 2 Who looked at it
| 3 Consent
| 4 Correct it
| 5 Ask for a copy
| 6 Delete it
| 0 Back 00 Menu
type 6
| Deletes registrations, appointments, old tickets, connected phones. Doses stay, by law. Go on?
| 1 Yes, delete it
| 2 No
| 0 Back 00 Menu
type 1
| We have your request to DELETE. Ticket: {number}. 3x24 hours at most. Until then it can be taken back: *119#.
closes
dial *119*7*5#
| Whose data do you want to see? Type the 16 digits of the NIK:
| 0 Back
type 3204012002650001
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 20021965
| Data of A*** H****:
| 1 What is kept
| 2 Who looked at it
| 3 Consent
| 4 Correct it
| 5 Ask for a copy
| 6 Delete it
| 0 Back 00 Menu
type 6
| A deletion is asked for. Ticket: {number}. Take it back?
| 1 Yes, keep my data
| 2 No
| 0 Back 00 Menu
type 2
| Thank you. Stay well. Need help? Call 119 ext 9.
closes
# Nor did the phone agree to anything, whoever is proved.
dial *119*7*6#
| This phone has not agreed to anything.
closes
