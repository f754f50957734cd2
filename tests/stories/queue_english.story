# The clinic in English, with a message that the network delivers again.
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
again
| Which unit?
| 1 Poli Gigi
| 2 Ibu dan Anak
| 3 Poli Umum
| 0 Back
type 1
| Your number: 1
| Poli Gigi
| Before you: 0
| Look or give it back: dial *131#
closes
dial *131#
| Your number: 1
| Poli Gigi
| Before you: 0
| 1 Look again
| 2 Give it back
| 3 Bahasa Indonesia
| 4 Done
type 2
| Give back number 1?
| You lose your place.
| 1 Yes, give it back
| 2 No, keep it
| 0 Back
type 1
| Number given back. Thank you!
| Queue again: dial *131#
closes
dial *131#
| Clinic queue
| See a doctor today?
| 1 Take a number
| 2 Opening hours
| 3 Bahasa Indonesia
type 3
| Choose a language
| Pilih bahasa
| 1 Bahasa Indonesia
| 2 English
| 0 Back
type 1
| Antrean klinik
| Berobat hari ini?
| 1 Ambil nomor
| 2 Jam buka
| 3 English
type 2
| Senin-Jumat 7-14
| Sabtu 7-12
| Minggu tutup
| Darurat: telepon 119
| 1 Ke antrean
| 2 Selesai
| 0 Kembali
type 2
| Terima kasih, sehat selalu.
| Lihat antrean: dial *131#
closes
