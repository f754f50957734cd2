# Data saya: what is kept, who looked at it, what was agreed to; and consent taken back, which ends the
# registration and says so.
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
dial *119*2#
| S*** A****: sudah TERDAFTAR, belum divaksin. Nomor pendaftaran: {number}
| 1 Orang lain
| 2 Selesai
| 0 Kembali
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*7#
| Orang di nomor ini:
| 1 Lihat status
| 2 Tambah orang
| 3 Lepas orang
| 4 Chat yang terhubung
| 5 Data saya
| 6 Persetujuan HP ini
| 0 Kembali
type 5
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
type 1
| Disimpan: NIK, nama, tgl lahir, HP; 0 dosis; pendaftaran {number}; 0 jadwal; terlihat di 1 HP.
| 1 Data saya
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Data S*** A****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 2
| Dilihat sejak {date}:
| Anda 3x, {date}
| HP lain 0x, -
| Petugas 0x, -
| Pemeriksa 0x, -
| 1 Ada yang janggal
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*7*5#
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
| Nomor HP ini SETUJU pada {date}, pada teks versi 2021-2.
| 1 Cabut persetujuan
| 2 Baca teksnya
| 3 Data saya
| 0 Kembali 00 Menu
# What she reads again asks for nothing: it offers to take back what she agreed to.
type 2
| Diminta: NIK, nama, tanggal lahir, tempat tinggal, kesehatan, untuk mencocokkan data dan menjadwalkan vaksin.
| 9 Lanjut 0 Kembali 00 Menu
type 9
| Lewat WhatsApp, data melewati server di luar negeri.
| Lihat, perbaiki, hapus, cabut: *119#, Orang di nomor ini, Data saya.
| 9 Lanjut 0 Kembali 00 Menu
type 9
| 1 Cabut persetujuan
| 2 Data saya
| 3 Berapa lama?
| 0 Kembali 00 Menu
type 3
| Disimpan: pendaftaran selama program, jadwal 1 tahun, pengaduan 2, persetujuan 5 sejak dicabut, perubahan 10, dosis 25 tahun.
| 9 Lanjut 0 Kembali 00 Menu
type 9
| 1 Cabut persetujuan
| 2 Data saya
| 0 Kembali 00 Menu
type 1
| Berakhir: pendaftaran, jadwal & daftar tunggu dari HP ini, pengingat, info massal. Dosis tetap tercatat. Cabut?
| 1 Ya, cabut
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Persetujuan sudah DICABUT dan langsung berlaku. Mau daftar lagi? Dial *119# kapan saja.
closes
# What rested on it is gone; what the record says of the person stays.
dial *119*7*5#
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
type 1
| Disimpan: NIK, nama, tgl lahir, HP; 0 dosis; pendaftaran -; 0 jadwal; terlihat di 1 HP.
| 1 Data saya
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Data S*** A****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 3
| Persetujuan nomor HP ini sudah DICABUT pada {date}.
| 1 Data saya
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
