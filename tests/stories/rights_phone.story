# Data that does not match the record is sent to be checked, and the phone takes its consent back all the same,
# without anybody proved. What it sent ends with it.
phone 081290000001
dial *119*1#
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 2
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 1
| Apakah Anda sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 1
| Data DITERIMA untuk diperiksa petugas. Nomor Anda: {number}. Catat. Hasilnya kami kabari, paling lama 3x24 jam.
closes
# Nobody is proved with this name, and the way to the consent stands beside it.
dial *119*7*5#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Ubah nomor HP
| 3 Persetujuan HP ini
| 4 Selesai
| 0 Kembali 00 Menu
type 3
| Nomor HP ini SETUJU pada {date}, pada teks versi 2021-2.
| 1 Cabut persetujuan
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Berakhir: pendaftaran, jadwal & daftar tunggu dari HP ini, pengingat, info massal. Dosis tetap tercatat. Cabut?
| 1 Ya, cabut
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Persetujuan sudah DICABUT dan langsung berlaku. Mau daftar lagi? Dial *119# kapan saja.
closes
dial *119*7*5#
| Persetujuan nomor HP ini sudah DICABUT pada {date}.
closes
