# What an officer heard somebody agree to is taken back by that person, on the phone of the household, and the
# registration ends with it.
phone 081290000201
dial *119*77#
| Ketik PIN petugas Anda (6 angka):
type 864297
| Pendaftaran oleh petugas. Hari ini: 0 orang, sisa 80.
| 1 Daftarkan orang
| 2 English
| 3 Keluar
| 0 Kembali
type 1
| BACAKAN: NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Ya, setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK warga (lihat KTP atau KK):
| 0 Kembali
type 5301014107550001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Maria Goreti Bria
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 01071955
| Warga tinggal di Kab. Kupang?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 1
| TANYAKAN: sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 1
| Ada HP di keluarganya? Nomor pendaftaran dikirim ke sana lewat SMS. Jangan nomor Anda.
| 1 Ada
| 2 Tidak ada
| 0 Kembali 00 Menu
type 1
| Ketik nomor HP keluarga. Contoh: 081234567890
| 0 Kembali
type 081290000302
| Daftarkan Maria Goreti Bria, lahir {date}?
| 1 Ya, daftarkan
| 2 Batal
| 0 Kembali 00 Menu
type 1
| Pendaftaran BERHASIL. Nomor: {number}. Catat untuk warga, tunjukkan saat vaksin. Orang berikutnya: dial *119*77#.
closes
phone 081290000302
dial *119*7*4#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 5301014107550001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 01071955
| Data M*** G****:
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
| Data M*** G****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 3
| M*** G**** SETUJU di depan petugas pada {date}, pada teks versi 2021-2-lisan.
| 1 Cabut persetujuan
| 2 Persetujuan HP ini
| 3 Data saya
| 0 Kembali 00 Menu
type 1
| Berakhir: pendaftaran M*** G**** lewat petugas. Dosis tetap tercatat. Cabut?
| 1 Ya, cabut
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Persetujuan sudah DICABUT dan langsung berlaku. Mau daftar lagi? Dial *119# kapan saja.
closes
dial *119*7*5#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 5301014107550001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 01071955
| Data M*** G****:
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
