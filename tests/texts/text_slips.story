# Any case, blanks and marks, and a small slip. What is no keyword opens the service.
phone 081290000001
text "Vaksn"!
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
phone 081290000105
text selamat pagi
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
# In a conversation a slip is an answer, and a keyword is a keyword.
text Daftr
| Ketik angka 1-9.
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 9 Lanjut
text  sTaTuS.
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
phone 081290000010
text setatus
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
phone 081255550001
text sertifkat 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
phone 081255550002
text DAFTAR#3173014502909999999#Siti
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
text 1
| PeduliLindungi: kode {code} utk daftar vaksin. Balas dengan kode ini untuk lanjut. JANGAN beri ke siapa pun. Bukan Anda? Abaikan.
