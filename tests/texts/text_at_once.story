# Whole requests in one text. Nobody consents for anybody: that question stands between.
phone 081290000001
text DAFTAR#3173014502900001#Siti Aminah#05-02-1990
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
text 1
| PeduliLindungi: kode {code} utk daftar vaksin. Balas dengan kode ini untuk lanjut. JANGAN beri ke siapa pun. Bukan Anda? Abaikan.
text {code}
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
text 1
| Apakah Anda sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
text 1
| Pendaftaran BERHASIL. Nomor Anda: {number}. Catat dan tunjukkan saat vaksin. Cek lagi: *119# pilih 2.
closes
text STATUS#3173014502900001#05021990
| S*** A****: sudah TERDAFTAR, belum divaksin. Nomor pendaftaran: {number}
| 1 Orang lain
| 2 Selesai
| 0 Kembali 00 Menu
text status 3173014502900001 05021990
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
text 3
| Ketik angka 1-2.
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
# Somebody else's data tells nothing, whatever is right of it.
phone 081255550001
text STATUS#3173014502900001#06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Kirim kode ke nomor itu
| 3 Daftar vaksin
| 4 Selesai
| 0 Kembali 00 Menu
text 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
text Daftar 3173014502900001 Siti Aminah 05-02-1990
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
