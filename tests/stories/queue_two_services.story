# Two services on one phone: what was begun in one waits while the other is used.
phone 081290000105
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
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
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
dial *119#
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
