# An officer registers somebody without a phone: consent read aloud, a number of the family, the PIN once.
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
type 081290000001
| Daftarkan Maria Goreti Bria, lahir {date}?
| 1 Ya, daftarkan
| 2 Batal
| 0 Kembali 00 Menu
type 1
| Pendaftaran BERHASIL. Nomor: {number}. Catat untuk warga, tunjukkan saat vaksin. Orang berikutnya: dial *119*77#.
closes
# The next one: no PIN, and the first is counted. This family has no phone.
dial *119*77#
| Pendaftaran oleh petugas. Hari ini: 1 orang, sisa 79.
| 1 Daftarkan orang
| 2 English
| 3 Keluar
type 1
| BACAKAN: NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Ya, setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK warga (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Warga tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 2
| Provinsi? Pilih, atau ketik namanya:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 7 Bengkulu
| 8 Lampung
| 9 Lanjut 0 Kembali 00 Menu
type jakarta
| Provinsi? Pilih, atau ketik namanya:
| 1 DKI Jakarta
| 0 Kembali 00 Menu
type 1
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kepulauan Seribu
| 2 Jakarta Pusat
| 3 Jakarta Utara
| 9 Lanjut 0 Kembali 00 Menu
type 2
| TANYAKAN: sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 2
| Yang mana? Petugas vaksin memeriksa di tempat.
| 1 Demam, batuk, sesak
| 2 Baru sembuh Covid
| 3 Hamil
| 4 Alergi berat
| 5 Sakit berat/kronis
| 0 Kembali 00 Menu
type 5
| Ada HP di keluarganya? Nomor pendaftaran dikirim ke sana lewat SMS. Jangan nomor Anda.
| 1 Ada
| 2 Tidak ada
| 0 Kembali 00 Menu
type 2
| Daftarkan Siti Aminah, lahir {date}?
| 1 Ya, daftarkan
| 2 Batal
| 0 Kembali 00 Menu
type 1
| Pendaftaran BERHASIL. Nomor: {number2}. Catat untuk warga, tunjukkan saat vaksin. Orang berikutnya: dial *119*77#.
closes
# Whoever was registered is found again, and nobody of them is on the officer's own phone.
dial *119*77#
| Pendaftaran oleh petugas. Hari ini: 2 orang, sisa 78.
| 1 Daftarkan orang
| 2 English
| 3 Keluar
type 1
| BACAKAN: NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Ya, setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
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
| Warga ini sudah Anda daftarkan. Nomor pendaftaran: {number}. Catat untuk warga.
closes
dial *119#
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
type 7
| Belum ada orang di nomor ini.
| 1 Tambah orang
| 2 Daftar vaksin
| 3 Chat yang terhubung
| 4 Data saya
| 5 Persetujuan HP ini
| 0 Kembali
dial *119*77#
| Pendaftaran oleh petugas. Hari ini: 2 orang, sisa 78.
| 1 Daftarkan orang
| 2 English
| 3 Keluar
type 3
| Anda sudah keluar. PIN diminta lagi saat dial *119*77#. Terima kasih.
closes
dial *119*77#
| Ketik PIN petugas Anda (6 angka):
