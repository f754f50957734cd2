# A number at the clinic, thought over and given back.
phone 081290000103
dial *131*1*1#
| Nomor Anda: 1
| Poli Gigi
| Di depan Anda: 0
| Lihat atau kembalikan: dial *131#
closes
dial *131#
| Nomor Anda: 1
| Poli Gigi
| Di depan Anda: 0
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
type 2
| Kembalikan nomor 1?
| Giliran Anda hilang.
| 1 Ya, kembalikan
| 2 Tidak, simpan
| 0 Kembali
type 2
| Nomor Anda: 1
| Poli Gigi
| Di depan Anda: 0
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
type 2
| Kembalikan nomor 1?
| Giliran Anda hilang.
| 1 Ya, kembalikan
| 2 Tidak, simpan
| 0 Kembali
type 1
| Nomor dikembalikan. Terima kasih!
| Antre lagi: dial *131#
closes
dial *131#
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
lose signal
dial *131#
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
type 2
| Nomor Anda: 1
| Ibu dan Anak
| Di depan Anda: 0
| Lihat atau kembalikan: dial *131#
closes
dial *131#
| Nomor Anda: 1
| Ibu dan Anak
| Di depan Anda: 0
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
hang up
dial *131#
| Nomor Anda: 1
| Ibu dan Anak
| Di depan Anda: 0
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
type 2
| Kembalikan nomor 1?
| Giliran Anda hilang.
| 1 Ya, kembalikan
| 2 Tidak, simpan
| 0 Kembali
type 1
| Nomor dikembalikan. Terima kasih!
| Antre lagi: dial *131#
closes
