# By text: KIPI leads to the questions at once, and TIKET to one's tickets. A ticket is opened when the
# phone has answered with the code.
phone 081290000061
text KIPI
| Seberapa berat keluhannya?
| 1 Sesak, pingsan, kejang, wajah bengkak
| 2 Demam tinggi, bengkak besar
| 3 Ringan: nyeri, lelah
| 0 Kembali 00 Menu
text 3
| Kapan mulai terasa setelah vaksin?
| 1 Dalam 30 menit
| 2 Dalam 1 hari
| 3 Dalam 7 hari
| 4 Lebih dari 7 hari
| 0 Kembali 00 Menu
text 2
| Ceritakan singkat: apa, kapan, di mana.
| 0 Kembali
text Demam dan pegal sejak kemarin
| PeduliLindungi: kode {code} utk kirim pengaduan. Balas dengan kode ini untuk lanjut. JANGAN beri ke siapa pun. Bukan Anda? Abaikan.
text {code}
| Pengaduan diterima. Nomor tiket: {number}. Jawaban kami kabari lewat SMS. Cek: *119#, Pengaduan, Tiket saya.
closes
text TIKET
| Tiket yang mana?
| 1 {number}
| 0 Kembali 00 Menu
text 1
| Tiket {number}: DITERIMA, menunggu petugas.
| 1 Tiket lain
| 2 Selesai
| 0 Kembali 00 Menu
