# Who does not match by SMS has it checked by staff.
phone 081290000001
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
text Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
text 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
text 2
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
| Data DITERIMA untuk diperiksa petugas. Nomor Anda: {number}. Catat. Hasilnya kami kabari, paling lama 3x24 jam.
closes
text STATUS
| J*** W**** ({number}): menunggu validasi. Datanya masih diperiksa. Silakan cek lagi besok.
| 1 Orang lain
| 2 Selesai
| 0 Kembali
