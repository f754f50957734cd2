# The same in English, and from a reaction to its report.
phone 081290000060
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
type 1
| A vaccine trains the body against the virus. You may still catch it, but are rarely very ill. It is free.
| 1 Other topics
| 2 Done
| 0 Back 00 Menu
type 1
| Info
| 1 What is it for?
| 2 Who may have it?
| 3 What to bring?
| 4 After the dose
| 5 If I feel ill
| 6 Staying at home
| 7 Whom to call?
| 8 Close contact
| 0 Back 00 Menu
type 2
| From 6 years on, elders too. Pregnant, a fever, a severe allergy? Tell the staff: it can wait.
| 1 Other topics
| 2 Done
| 0 Back 00 Menu
type 1
| Info
| 1 What is it for?
| 2 Who may have it?
| 3 What to bring?
| 4 After the dose
| 5 If I feel ill
| 6 Staying at home
| 7 Whom to call?
| 8 Close contact
| 0 Back 00 Menu
type 3
| ID or family card, registration number, phone if any, a list of your medicines. Eat before you come.
| 1 Other topics
| 2 Done
| 0 Back 00 Menu
type 1
| Info
| 1 What is it for?
| 2 Who may have it?
| 3 What to bring?
| 4 After the dose
| 5 If I feel ill
| 6 Staying at home
| 7 Whom to call?
| 8 Close contact
| 0 Back 00 Menu
type 4
| Wait 30 minutes there. A sore arm, tiredness, a light fever are usual and go in 1-3 days.
| 1 Other topics
| 2 Done
| 0 Back 00 Menu
type 1
| Info
| 1 What is it for?
| 2 Who may have it?
| 3 What to bring?
| 4 After the dose
| 5 If I feel ill
| 6 Staying at home
| 7 Whom to call?
| 8 Close contact
| 0 Back 00 Menu
type 6
| Positive, or close to a case? Stay home, own room, mask on, window open. Breathless: call 119.
| 1 Other topics
| 2 Done
| 0 Back 00 Menu
type 1
| Info
| 1 What is it for?
| 2 Who may have it?
| 3 What to bring?
| 4 After the dose
| 5 If I feel ill
| 6 Staying at home
| 7 Whom to call?
| 8 Close contact
| 0 Back 00 Menu
type 7
| Emergency: 119. Vaccine and data: 119 ext 9, or a puskesmas. Staff never ask for SMS codes or money.
| 1 Other topics
| 2 Done
| 0 Back 00 Menu
type 1
| Info
| 1 What is it for?
| 2 Who may have it?
| 3 What to bring?
| 4 After the dose
| 5 If I feel ill
| 6 Staying at home
| 7 Whom to call?
| 8 Close contact
| 0 Back 00 Menu
type 5
| Breathless, faint, swollen face: call 119 NOW. Fever for over 2 days: see a puskesmas.
| 1 Report it
| 2 Other topics
| 3 Done
| 0 Back 00 Menu
type 1
| How bad is it?
| 1 Breathless, fainted, fits, swollen face
| 2 High fever, large swelling
| 3 Mild: pain, tired
| 0 Back 00 Menu
type 3
| When did it begin after the dose?
| 1 Within 30 minutes
| 2 Within a day
| 3 Within 7 days
| 4 Later
| 0 Back 00 Menu
type 2
| Tell us briefly: what, when, where.
| 0 Back
type My arm hurts since yesterday
| We have it. Ticket: {number}. You get word by SMS when it is answered. See it: *119#, Complaints, My tickets.
closes
