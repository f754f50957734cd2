# A certificate that is forwarded as it came is the request to check it, and so is its code with the year. Of
# what was revoked and what has run out nothing is told; one letter that is another makes it worthless.
phone 081290000001
text PERIKSA CCG4BL7SOUAAAAAAMUXUCAOF7PQNFILGJWGPULZTHOF23C6DFDARXLLRIIVDLVUD44OAMRGZZXI3O6EFLS5TSRVJP2FEPCWNHUAPYYR26BWGDHJAVR2RZIIH6OZDIJQL Teruskan ke 1199
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text Fwd: periksa ccg4bl7souaaaaaamuxucaof7pqnfilgjwgpulzthof23c6dfd arxllriivdlvud44oamrgzzxi3o6efls5tsrvjp2fepcwnhuap yyr26bwgdhjavr2rziih6ozdijql Teruskan ke 1199
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text CEK SERTIFIKAT 1277 3940 4862 8 1965
| SAH. A*** H****, lahir 1965, dosis 3 (booster), {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text PERIKSA CCG4BL7SOUAAAAAAMUXUCAOF7PQNFILGJWGPULZTHOF23C6DFDARXLLRIIVDAVUD44OAMRGZZXI3O6EFLS5TSRVJP2FEPCWNHUAPYYR26BWGDHJAVR2RZIIH6OZDIJQL Teruskan ke 1199
| TIDAK SAH: tidak ada sertifikat seperti itu, atau tahun lahirnya lain. Periksa ketikan Anda.
| 1 Ketik ulang
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text PERIKSA CBIYIWKIHEAAAAAALTXSCAL47P2VPAL2UWBMNQZN2WFO4ABX7INPMU66KN6ZRBVI5UMQQM7DCMD6QW4NL4TSIEUSTDTV5QWGJ6FLKCVM65LYLOBOHJ4GIANJFYYPH2AE Teruskan ke 1199
| TIDAK SAH: sertifikat ini sudah dicabut oleh Kemenkes.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text PERIKSA CDKPMABUM4AAAAAALTXUCAMYC637H33DTKIE5O57LNHO6IOHIM7UVDILLYQUE7D5X3SEK2I3HCS2R343C5IZ6IC5CKTW7QXYWPH6ETGBJGGTP62YBNVVQ2JJIZFXTCAC Forward to 1199
| TIDAK BERLAKU LAGI: masa berlakunya habis. Pemiliknya bisa meminta yang baru, gratis: dial *119#.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
# The first phone has checked enough for today; another has not.
text PERIKSA CAO33XFCHYAAAAAALTXWIASK7OFIZH6PTEMXH5LOUACXFZIQS5JG63UP72HQEFEDBBWIODNE7KKWYNX65J3IXK3CRXZEVJR4HOOUAST5LV4QTCKN7IXXYGQWKYTJDKQI Teruskan ke 1199
| Anda sudah memeriksa banyak sertifikat hari ini. Silakan lanjutkan besok, atau telepon 119 ext 9.
closes
phone 081290000002
text PERIKSA CAO33XFCHYAAAAAALTXWIASK7OFIZH6PTEMXH5LOUACXFZIQS5JG63UP72HQEFEDBBWIODNE7KKWYNX65J3IXK3CRXZEVJR4HOOUAST5LV4QTCKN7IXXYGQWKYTJDKQI Teruskan ke 1199
| SAH. A*** H****, lahir 1965, dosis 3 (booster), {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text PERIKSA CA7RSJXCJYAAAAAAMUXSCANJ7OHYXTGUUU63RIIC2TZAPG65HNSH3MU6K7BCIKOGKCP5A7LJO4PMSMCAIMBT2WWI7EM2TRJNKS7K5AXGL5WMH2WBLTAJE63OCEUD42YP
| SAH. P*** S****, lahir 1970, dosis 1/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text PERIKSA CWG4BL7SOUAAAAAAMUXUCAOF7PGR6777EYMVXFCLV3BXBWLVLHGFDZLMGHINWL3BQMYQFKJ7VFKAVEOOJD6SNL54DGAMBS35TN4BL6DU4J33M347DFMQYOFFTULKXOIE
| TIDAK BISA DIPERIKSA: teksnya rusak, atau bukan sertifikat yang kami kenal. Belum tentu sah. Kirim lagi utuh.
| 1 Ketik ulang
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text PERIKSA
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
text 6088 2314 5077 4
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
text 1971
| TIDAK SAH: tidak ada sertifikat seperti itu, atau tahun lahirnya lain. Periksa ketikan Anda.
| 1 Ketik ulang
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
# What is asked for on the keypad is the same certificate.
dial *119*3*2#
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 6088 2314 5077 4
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1970
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
# What stands below a document on a chat is copied as a whole.
phone 081290000003
text Cek sertifikat dosis 2/2: pindai kode QR di PDF, atau ketik kode 6088 2314 5077 4 dan tahun lahir. PERIKSA CCG4BL7SOUAAAAAAMUXUCAOF7PQNFILGJWGPULZTHOF23C6DFDARXLLRIIVDLVUD44OAMRGZZXI3O6EFLS5TSRVJP2FEPCWNHUAPYYR26BWGDHJAVR2RZIIH6OZDIJQL Teruskan ke 1199
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text Check certificate of dose 2/2: scan the QR code in the PDF, or type code 6088 2314 5077 4 and the year of birth. PERIKSA CCG4BL7SOUAAAAAAMUXUCAOF7PQNFILGJWGPULZTHOF23C6DFDARXLLRIIVDLVUD44OAMRGZZXI3O6EFLS5TSRVJP2FEPCWNHUAPYYR26BWGDHJAVR2RZIIH6OZDIJQL Forward to 1199
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
