# The way to a number at the clinic, and a look at who is ahead.
phone 081290000101
dial *131#
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
type 0
| Antrean klinik
| Berobat hari ini?
| 1 Ambil nomor
| 2 Jam buka
| 3 English
type 1
| Mau ke bagian mana?
| 1 Poli Gigi
| 2 Ibu dan Anak
| 3 Poli Umum
| 0 Kembali
type 3
| Nomor Anda: 1
| Poli Umum
| Di depan Anda: 0
| Lihat atau kembalikan: dial *131#
closes
dial *131#
| Nomor Anda: 1
| Poli Umum
| Di depan Anda: 0
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
type 1
| Nomor Anda: 1
| Poli Umum
| Di depan Anda: 0
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
type 4
| Terima kasih, sehat selalu.
| Lihat antrean: dial *131#
closes
phone 081290000102
dial *131#
| Antrean klinik
| Berobat hari ini?
| 1 Ambil nomor
| 2 Jam buka
| 3 English
type 5
| Ketik angka 1-3.
| Antrean klinik
| Berobat hari ini?
| 1 Ambil nomor
| 2 Jam buka
| 3 English
type 1
| Mau ke bagian mana?
| 1 Poli Gigi
| 2 Ibu dan Anak
| 3 Poli Umum
| 0 Kembali
type 0
| Antrean klinik
| Berobat hari ini?
| 1 Ambil nomor
| 2 Jam buka
| 3 English
type 1
| Mau ke bagian mana?
| 1 Poli Gigi
| 2 Ibu dan Anak
| 3 Poli Umum
| 0 Kembali
type 3
| Nomor Anda: 2
| Poli Umum
| Di depan Anda: 1
| Lihat atau kembalikan: dial *131#
closes
dial *131#
| Nomor Anda: 2
| Poli Umum
| Di depan Anda: 1
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
type 4
| Terima kasih, sehat selalu.
| Lihat antrean: dial *131#
closes
