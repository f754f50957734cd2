# STOP in the middle of a conversation: it is done, and the conversation waits where it was.
phone 081290000001
text BANTUAN
| Balas DAFTAR, STATUS, SERTIFIKAT, PERIKSA, STOP. Atau sekaligus: DAFTAR#NIK#nama#tgl lahir, STATUS#NIK#17081990. Gratis: dial *119#. Bantuan: 119 ext 9.
closes
text DAFTAR
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
text 1
| PeduliLindungi: kode {code} utk daftar vaksin. Balas dengan kode ini untuk lanjut. JANGAN beri ke siapa pun. Bukan Anda? Abaikan.
text {code}
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
text 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
text STOP
| Baik, Anda tidak menerima SMS massal dari kami lagi. Kabar tentang data Anda sendiri tetap dikirim. Mau lagi? Balas MULAI.
closes
text Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
text Berhenti.
| Baik, Anda tidak menerima SMS massal dari kami lagi. Kabar tentang data Anda sendiri tetap dikirim. Mau lagi? Balas MULAI.
closes
text bantuan
| Balas DAFTAR, STATUS, SERTIFIKAT, PERIKSA, STOP. Atau sekaligus: DAFTAR#NIK#nama#tgl lahir, STATUS#NIK#17081990. Gratis: dial *119#. Bantuan: 119 ext 9.
closes
text MULAI
| Baik, Anda menerima info dari kami lagi. Tidak mau? Balas STOP.
closes
text 05021990
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
