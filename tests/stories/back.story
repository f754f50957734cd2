# Whoever comes back after the number was silent for long has agreed to nothing any more: the consent is asked for again before anything is shown or changed, and a no is a no the next time as well.
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
type Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
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
| Pendaftaran BERHASIL. Nomor Anda: {number}. Catat dan tunjukkan saat vaksin. Cek lagi: *119# pilih 2.
closes
silent 081290000001
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Nomor ini lama tak dipakai, persetujuannya berakhir. Data Anda dipakai Kemenkes untuk vaksinasi. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali 00 Menu
type 2
| Baik. Tanpa persetujuan tidak ada yang ditampilkan atau diubah lewat nomor ini. Yang sudah terdaftar tetap berlaku. Bantuan: 119 ext 9.
closes
dial *119*2#
| Nomor ini lama tak dipakai, persetujuannya berakhir. Data Anda dipakai Kemenkes untuk vaksinasi. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 3
| Diminta: NIK, nama, tanggal lahir, tempat tinggal, kesehatan, untuk mencocokkan data dan menjadwalkan vaksin.
| 9 Lanjut 0 Kembali 00 Menu
type 0
| Nomor ini lama tak dipakai, persetujuannya berakhir. Data Anda dipakai Kemenkes untuk vaksinasi. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| S*** A****: sudah TERDAFTAR, belum divaksin. Nomor pendaftaran: {number}
| 1 Orang lain
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
silent 081290000001
dial *119*4#
| Data siapa yang diubah? Ketik 16 angka NIK:
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Nomor ini lama tak dipakai, persetujuannya berakhir. Data Anda dipakai Kemenkes untuk vaksinasi. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali 00 Menu
type 1
| Apa yang diubah untuk S*** A****?
| 1 Nama
| 2 Nomor HP
| 3 Pendamping anak/lansia
| 4 NIK atau tanggal lahir
| 0 Kembali 00 Menu
hang up
