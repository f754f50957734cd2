# Somebody with a positive test is asked whether phones that were near may be told: no at first, then yes,
# then no again. Nothing is taken meanwhile.
phone 081290000111
dial *119*6#
| Info
| 1 Apa gunanya?
| 2 Siapa yang boleh?
| 3 Bawa apa?
| 4 Setelah vaksin
| 5 Bila ada keluhan
| 6 Isolasi mandiri
| 7 Telepon siapa?
| 8 Kontak erat
| 0 Kembali
type 8
| Tes tgl {date} di nomor ini: boleh HP yang pernah dekat diberi tahu TANGGALNYA saja?
| 1 Ya, boleh
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali 00 Menu
type 3
| Untuk apa: yang pernah dekat jadi tahu, lalu tes dan di rumah dulu.
| 9 Lanjut 0 Kembali 00 Menu
type 9
| Yang diambil: kode acak HP mereka dan tanggalnya. Bukan nama, nomor, tempat Anda. Dihapus setelah 14 hari.
| 9 Lanjut 0 Kembali 00 Menu
type 0
| Tes tgl {date} di nomor ini: boleh HP yang pernah dekat diberi tahu TANGGALNYA saja?
| 1 Ya, boleh
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali 00 Menu
type 2
| Baik, jawaban TIDAK dicatat. Tidak ada yang diambil atau diberi tahu. Layanan untuk Anda tetap sama. Tanya: 119 ext 9
closes
dial *119*6*8#
| Tes tgl {date}: Anda menjawab TIDAK. Tidak ada yang diambil.
| 1 Ubah jadi YA
| 2 Warna status
| 3 Selesai
| 0 Kembali 00 Menu
type 1
| Terima kasih, jawaban YA dicatat. Yang pernah dekat hanya membaca tanggalnya. Batal? Dial *119# pilih 6, 8, selama belum dikirim.
closes
dial *119*6*8#
| Tes tgl {date}: Anda menjawab YA. Datanya belum dikirim.
| 1 Batalkan
| 2 Warna status
| 3 Selesai
| 0 Kembali 00 Menu
type 1
| Baik, jawaban TIDAK dicatat. Tidak ada yang diambil atau diberi tahu. Layanan untuk Anda tetap sama. Tanya: 119 ext 9
closes
dial *119*6*8#
| Tes tgl {date}: Anda menjawab TIDAK. Tidak ada yang diambil.
| 1 Ubah jadi YA
| 2 Warna status
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| HITAM s.d. {date} sesuai hasil tes {date}. Di rumah dulu. Sesak napas: 119. Tanya: 119 ext 9
| 1 Isolasi mandiri
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Positif atau kontak erat? Di rumah saja, kamar sendiri, masker, buka jendela. Sesak napas: telepon 119.
| 1 Info lain
| 2 Selesai
| 0 Kembali 00 Menu
