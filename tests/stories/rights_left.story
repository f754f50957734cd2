# A phone that lets go of the last person it knows has agreed to nothing any more: what was said with it is
# not shown to whoever has it next. What was registered stands.
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
dial *119*7*3#
| Siapa yang bukan di nomor ini?
| 1 S*** A****
| 0 Kembali 00 Menu
type 1
| Lepas S*** A**** dari nomor ini?
| 1 Ya, lepas
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Sudah dilepas. Orang itu tidak terlihat lagi dari nomor ini.
closes
dial *119*7*4#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data S*** A****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 3
| Belum ada persetujuan dari nomor HP ini.
| 1 Data saya
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*2#
| S*** A****: sudah TERDAFTAR, belum divaksin. Nomor pendaftaran: {number}
| 1 Orang lain
| 2 Selesai
| 0 Kembali
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
