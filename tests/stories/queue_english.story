phone 081290000104
dial *131#
| Antrean klinik
| Berobat hari ini?
| 1 Ambil nomor
| 2 Jam buka
| 3 English
type 3
| Pilih bahasa
| Choose a language
| 1 Bahasa Indonesia
| 2 English
| 0 Kembali
type 2
| Clinic queue
| See a doctor today?
| 1 Take a number
| 2 Opening hours
| 3 Bahasa Indonesia
type 2
| Mon-Fri 7-14
| Saturday 7-12
| Sunday closed
| Emergency: call 119
| 1 To the queue
| 2 Done
| 0 Back
type 1
| Clinic queue
| See a doctor today?
| 1 Take a number
| 2 Opening hours
| 3 Bahasa Indonesia
type 1
| Which unit?
| 1 Poli Gigi
| 2 Ibu dan Anak
| 3 Poli Umum
| 0 Back
type 1
| Your number: 1
| Poli Gigi
| Before you: 0
| 1 Done
| 2 Give it back
| 0 Back 00 Menu
again
| Your number: 1
| Poli Gigi
| Before you: 0
| 1 Done
| 2 Give it back
| 0 Back 00 Menu
type 1
| Thank you, stay well.
| See the queue: dial *131#
closes
dial *131#
| Your number: 1
| Poli Gigi
| Before you: 0
| 1 Look again
| 2 Give it back
| 3 Bahasa Indonesia
| 4 Done
type 3
| Choose a language
| Pilih bahasa
| 1 Bahasa Indonesia
| 2 English
| 0 Back
type 1
| Nomor Anda: 1
| Poli Gigi
| Di depan Anda: 0
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
type 4
| Terima kasih, sehat selalu.
| Lihat antrean: dial *131#
closes
